/** The functions of deploy/audit.yaml. */
export {list} from './list.ts'
export {merge} from './merge.ts'
export {unit} from './unit.ts'
