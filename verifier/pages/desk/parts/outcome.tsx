import type { ComponentChildren } from 'preact';
import { useEffect, useRef } from 'preact/hooks';

/** A headline that takes the focus when it appears, so that a screen reader begins with the outcome. */
export function Outcome(props: {
  readonly kind: 'good' | 'warn' | 'bad';
  readonly sign: string;
  readonly title: string;
  readonly line: ComponentChildren;
  readonly tag?: ComponentChildren;
}) {
  const title = useRef<HTMLHeadingElement>(null);
  useEffect(() => title.current?.focus(), [props.title]);
  return (
    <div class="head">
      <div class={`sign ${props.kind}`} aria-hidden="true">
        {props.sign}
      </div>
      <div>
        <h1 id="verdict-title" ref={title} tabIndex={-1}>
          {props.title}
        </h1>
        <p class="soft">{props.line}</p>
      </div>
      {props.tag}
    </div>
  );
}
