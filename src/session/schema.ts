/** Standard Schema (standardschema.dev): one interface that zod, valibot and arktype share. */
import { printable, SchemaError } from '../contract/errors.ts'
import type { StandardSchema } from '../contract/parsing.ts'

/**
 * The schema's output for a value. Throws a {@link SchemaError} that names the places where the data is wrong, but shows no
 * data.
 */
export async function validate(schema: StandardSchema, value: unknown, where: string): Promise<unknown> {
  const result = await schema['~standard'].validate(value)
  if (!result.issues) return result.value
  const paths = result.issues.map(
    ({ path }) => (path ?? []).map((key) => String(typeof key === 'object' ? key.key : key)).join('.') || 'the data',
  )
  const places = printable([...new Set(paths)].join(', '))
  throw new SchemaError(`${where}: the response does not fit the schema at ${places}`, {
    issues: result.issues,
  })
}
