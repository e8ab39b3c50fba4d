/** Standard Schema (standardschema.dev): one interface that zod, valibot and arktype share. */
import { SchemaError, type SchemaIssue } from '../contract/errors.ts'

/** The part of Standard Schema v1 that a client needs. */
export interface StandardSchema<Output = unknown> {
  readonly '~standard': {
    readonly version: 1
    readonly vendor: string
    readonly validate: (value: unknown) => SchemaResult<Output> | Promise<SchemaResult<Output>>
    readonly types?: { readonly input: unknown; readonly output: Output } | undefined
  }
}

type SchemaResult<Output> = { readonly value: Output; readonly issues?: undefined } | { readonly issues: readonly SchemaIssue[] }

/** The schema's output for a value. Throws a {@link SchemaError} that says what is wrong, but not with which data. */
export async function validate(schema: StandardSchema, value: unknown, where: string): Promise<unknown> {
  const result = await schema['~standard'].validate(value)
  if (!result.issues) return result.value
  const paths = result.issues.map(
    ({ path }) => (path ?? []).map((key) => String(typeof key === 'object' ? key.key : key)).join('.') || 'the data',
  )
  throw new SchemaError(`${where}: the response does not fit the schema at ${[...new Set(paths)].join(', ')}`, {
    issues: result.issues,
  })
}
