// Says changed rows to screen readers, a few at a time: a busy evening must not talk without end.
import type { Runner } from './model';

const PAUSE = 3_000;
const NAMES_MAX = 4;

export class Announcer {
  private waiting = new Map<string, Runner>();
  private timer: ReturnType<typeof setTimeout> | null = null;
  private last = 0;

  constructor(private element: HTMLElement) {}

  changed(runner: Runner) {
    this.waiting.set(runner.key, runner);
    this.timer ??= setTimeout(() => this.speak(), Math.max(200, this.last + PAUSE - Date.now()));
  }

  private speak() {
    const list = [...this.waiting.values()];
    const [only] = list;
    const names = list.slice(0, NAMES_MAX).map((runner) => runner.runner).join(', ');
    this.waiting.clear();
    this.timer = null;
    this.last = Date.now();
    this.element.textContent =
      list.length === 1 && only
        ? `${only.runner} changed: ${only.unreadable ? 'the newest message could not be read' : only.summary?.sentence ?? ''}`
        : `${list.length} rows changed: ${names}${list.length > NAMES_MAX ? ' and others' : ''}`;
  }
}
