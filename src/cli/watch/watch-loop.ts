import {isCannotAsk} from '../../collect/errors.ts'
import type {Report} from '../../diagnosis/report.ts'
import {EXAMINATIONS, GLANCES, pauseAfter, UNANSWERED} from '../../watch/poll-interval.ts'
import {type Change, isOtherwise, isOver, type Sight, seen, type Watch, watchFrom} from '../../watch/watch.ts'

/** The eyes, the clock and the mouth of a watch; a test brings its own. */
export interface Watching {
  readonly now: () => number
  /** Waits so many milliseconds, and may show meanwhile what is waited for. */
  readonly rest: (milliseconds: number, watch: Watch) => Promise<void>
  readonly examine: () => Promise<Sight>
  /** The one call or two that tell whether Systems Manager sees the node otherwise than before. */
  readonly glance: () => Promise<Report['registration']>
  readonly tell: (changes: readonly (Change | Unanswered)[], watch: Watch) => void
}

/** AWS could not be asked, which may pass. */
export interface Unanswered {
  readonly kind: 'unanswered'
  readonly why: string
}

interface Course {
  readonly watch: Watch
  readonly examinedAt: number
  /** Looks in a row that showed nothing new, and questions in a row without an answer. */
  readonly glances: number
  readonly examinations: number
  readonly silences: number
  readonly said: string
}

/** Looks again and again, with growing pauses, until the instance is managed, can never be, or the time is over. */
export async function watchOn(first: Sight, watching: Watching, timeout: number): Promise<Watch> {
  const {now, rest} = watching
  const end = first.at + timeout
  let course = begun(first)
  while (!isOver(course.watch.last.report)) {
    await rest(Math.max(0, Math.min(pauseOf(course), end - now())), course.watch)
    if (now() >= end) break
    course = await looked(course, watching)
  }
  return course.watch
}

const begun = (first: Sight): Course => ({
  watch: watchFrom(first),
  examinedAt: first.at,
  glances: 0,
  examinations: 0,
  silences: 0,
  said: '',
})

const pauseOf = ({glances, silences}: Course): number =>
  silences > 0 ? pauseAfter(silences - 1, UNANSWERED) : pauseAfter(glances, GLANCES)

async function looked(course: Course, watching: Watching): Promise<Course> {
  try {
    const isDue = watching.now() - course.examinedAt >= pauseAfter(course.examinations, EXAMINATIONS)
    const registration = isDue ? undefined : await watching.glance()
    if (registration?.status === 'unknown') return silence(course, watching, NO_ANSWER)
    if (registration && !isOtherwise(course.watch.last.report.registration, registration))
      return {...course, glances: course.glances + 1, silences: 0, said: ''}
    return examinedAgain(course, watching, await watching.examine())
  } catch (error) {
    if (error instanceof Error && isCannotAsk(error)) return silence(course, watching, error.message)
    throw error
  }
}

const NO_ANSWER = 'Fleet Manager could not be read.'

function examinedAgain(course: Course, watching: Watching, sight: Sight): Course {
  // Nothing can be said of a node that cannot be seen; what was seen last still stands.
  if (sight.report.registration.status === 'unknown')
    return silence({...course, examinedAt: sight.at}, watching, NO_ANSWER)
  const {watch, changes} = seen(course.watch, sight)
  if (changes.length > 0) watching.tell(changes, watch)
  const isQuiet = changes.length === 0
  return {
    watch,
    examinedAt: sight.at,
    glances: isQuiet ? course.glances + 1 : 0,
    examinations: isQuiet ? course.examinations + 1 : 0,
    silences: 0,
    said: '',
  }
}

/** Told once, however often it is asked in vain. */
function silence(course: Course, {tell}: Watching, why: string): Course {
  if (why !== course.said) tell([{kind: 'unanswered', why}], course.watch)
  return {...course, silences: course.silences + 1, said: why}
}
