export {auditPlainly} from './audit.ts'
export {examinePlainly} from './examine.ts'
