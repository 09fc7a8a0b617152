/**
 * A command that runs in a container, whose network, files and processes are not those of the machine. One that debugs a
 * node uses the network of the node. https://kubernetes.io/docs/tasks/debug/debug-cluster/kubectl-node-debug/
 */
const ENTERS =
  /^(?:.{0,100}?[$#] )?(?:sudo )?(?:docker|podman|nerdctl|crictl|kubectl|oc) .{0,200}?\b(?:exec|run|debug) (?!.{0,300}(?:--net(?:work)?[ =]host\b|\bnodes?\/))/
/** The agent of the machine may run in a container, too, and its log may follow what was pasted. */
const OF_LOG = /^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\b/
/** `[root@ip-10-0-1-10 ~]# `, `ubuntu@ip-10-0-1-10:~$ `, `sh-5.2$ `, `/ # `: up to the folder, and the sign. */
const PROMPT = /^\[?([\w.@/-]{0,100})[^$#]{0,100}([$#]) /
/** Docker names the host of a container by the start of its id. */
const IN_CONTAINER = /^[\w-]{1,32}@[0-9a-f]{12}$/

/** Without the lines from the command that enters a container to the next prompt of the machine, or the log of the agent. */
export function outsideContainers(lines: readonly string[]): readonly string[] {
  let entered: string | undefined
  return lines.filter((line) => {
    const [, host = '', sign = ''] = PROMPT.exec(line) ?? []
    const prompt = `${host}${sign}`
    if (ENTERS.test(line)) entered ??= prompt
    else if (OF_LOG.test(line)) entered = undefined
    else if (sign === '') return entered === undefined
    else if (IN_CONTAINER.test(host)) entered ??= ''
    else if (entered === '' || entered === prompt) entered = undefined
    return entered === undefined
  })
}
