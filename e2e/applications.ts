/** Real applications of Debian's packages, each in a folder of its own, on a free port of loopback. */
import { execFileSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { copyFileSync, lstatSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { freePort, type Running, startProgram } from './processes.ts'

export const USER = 'ada'
export const PASSWORD = 'a-long-enough-password-1815'

export interface Application {
  readonly origin: string
  stop(): Promise<void>
}

type Start = (folder: string, port: number) => Promise<Running>

async function open(name: string, start: Start): Promise<Application> {
  const folder = mkdtempSync(join(tmpdir(), `sessionfetch-${name}-`))
  const port = await freePort()
  const running = await start(folder, port)
  return {
    origin: `http://127.0.0.1:${port}`,
    async stop() {
      await running.stop()
      rmSync(folder, { recursive: true, force: true, maxRetries: 5 })
    },
  }
}

/** A BitTorrent daemon: Basic auth, and a session id that comes with a 409. It has no peers here. */
export const startTransmission = () =>
  open('transmission', (folder, port) => {
    const args = ['--foreground', '--config-dir', folder, '--download-dir', folder, '--port', `${port}`, '--allowed', '127.0.0.1']
    const alone = ['--rpc-bind-address', '127.0.0.1', '--bind-address-ipv4', '127.0.0.1', '--no-dht', '--no-portmap', '--no-lpd']
    const login = ['--auth', '--username', USER, '--password', PASSWORD]
    return startProgram(port, '/usr/bin/transmission-daemon', [...args, ...alone, ...login])
  })

/** A file synchroniser: Basic auth for a session cookie, and a CSRF cookie whose name is the device's. It has no peers here. */
export const startSyncthing = () =>
  open('syncthing', (folder, port) => {
    const env = { HOME: folder, STNOUPGRADE: '1' }
    const login = ['--gui-user', USER, '--gui-password', PASSWORD]
    execFileSync('/usr/bin/syncthing', ['generate', '--home', folder, '--no-default-folder', '--skip-port-probing', ...login], {
      env: { ...process.env, ...env },
      stdio: 'pipe',
    })
    const file = join(folder, 'config.xml')
    const alone = readFileSync(file, 'utf8')
      .replace(/<listenAddress>[^<]*/, '<listenAddress>tcp://127.0.0.1:0')
      .replace(/<(global|local)AnnounceEnabled>true/g, '<$1AnnounceEnabled>false')
      .replace(/<(relaysEnabled|natEnabled|crashReportingEnabled)>true/g, '<$1>false')
      .replace(/<urAccepted>0/, '<urAccepted>-1')
    writeFileSync(file, alone)
    const args = ['serve', '--home', folder, '--no-browser', '--no-restart', '--gui-address', `127.0.0.1:${port}`]
    return startProgram(port, '/usr/bin/syncthing', args, { env })
  })

/** A notebook server: a log-in form, and `_xsrf` in a cookie and a header. */
export const startJupyter = () =>
  open('jupyter', (folder, port) => {
    const hash = createHash('sha1').update(`${PASSWORD}salt`).digest('hex')
    const args = ['--no-browser', '--allow-root', '--ip', '127.0.0.1', '--port', `${port}`, '--NotebookApp.port_retries=0']
    const login = [`--NotebookApp.password=sha1:salt:${hash}`, `--notebook-dir=${folder}`]
    const env = { HOME: folder, JUPYTER_CONFIG_DIR: folder, JUPYTER_RUNTIME_DIR: folder, JUPYTER_DATA_DIR: folder }
    // With Debian's Python, since another one may come first on the PATH.
    return startProgram(port, '/usr/bin/python3', ['/usr/bin/jupyter-notebook', ...args, ...login], { env })
  })

const WIKI_CONF = '/etc/dokuwiki/'
const WIKI_FOLDERS = 'attic cache index locks log media media_attic media_meta meta pages tmp'.split(' ')

/** A wiki in PHP: a session cookie, a log-in cookie, and a token in every form. */
export const startDokuWiki = () =>
  open('dokuwiki', (folder, port) => {
    const conf = join(folder, 'conf')
    for (const name of ['conf', ...WIKI_FOLDERS]) mkdirSync(join(folder, name))
    for (const name of readdirSync(WIKI_CONF)) {
      if (lstatSync(WIKI_CONF + name).isFile()) copyFileSync(WIKI_CONF + name, join(conf, name))
    }
    const hash = execFileSync('/usr/bin/php', ['-r', 'echo password_hash($argv[1], PASSWORD_BCRYPT);', PASSWORD])
    writeFileSync(join(conf, 'local.php'), `<?php $conf['useacl'] = 1; $conf['savedir'] = '${folder}';`)
    writeFileSync(join(conf, 'users.auth.php'), `${USER}:${hash}:Ada:ada@example.com:user\n`)
    writeFileSync(join(conf, 'acl.auth.php'), '*\t@ALL\t1\n*\t@user\t8\n')
    const first = join(folder, 'first.php')
    writeFileSync(first, `<?php define('DOKU_CONF', '${conf}/'); define('DOKU_MAIN_CONF', DOKU_CONF);`)
    const settings = ['-d', `auto_prepend_file=${first}`, '-d', 'display_errors=0', '-d', `session.save_path=${folder}/tmp`]
    return startProgram(port, '/usr/bin/php', [...settings, '-S', `127.0.0.1:${port}`, '-t', '/usr/share/dokuwiki'])
  })
