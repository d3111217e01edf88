import type { ComponentChildren } from 'preact';
import { useEffect, useRef } from 'preact/hooks';
import { t } from '../strings/index.ts';
import { IconBack } from './icons.tsx';

/**
 * One screen: its heading takes the focus when it appears, so that somebody who listens hears where they are. `focus`
 * names the step within the screen: when it changes, the heading is read again.
 */
export function Screen(props: {
  readonly title: string;
  readonly aside?: ComponentChildren;
  readonly back?: () => void;
  readonly step?: string;
  readonly children: ComponentChildren;
}) {
  const heading = useRef<HTMLHeadingElement>(null);
  useEffect(() => {
    heading.current?.focus({ preventScroll: true });
    scrollTo(0, 0);
  }, [props.step]);
  useEffect(() => {
    document.title = `${props.title} · ${t('app.name')}`;
  }, [props.title]);
  return (
    <main id="content">
      <header class="screen-head">
        {props.back === undefined ? null : (
          <button type="button" class="icon-button" onClick={props.back} aria-label={t('nav.back')}>
            <IconBack />
          </button>
        )}
        <h1 ref={heading} tabIndex={-1}>
          {props.title}
        </h1>
        {props.aside}
      </header>
      {props.children}
    </main>
  );
}

/** Work under way, said aloud. */
export function Working(props: { readonly text: string }) {
  return (
    <p class="working" role="status">
      <span class="spinner" aria-hidden="true" />
      {props.text}
    </p>
  );
}

/** Something went wrong, said at once. */
export function Fault(props: { readonly text: string; readonly note?: string }) {
  return (
    <div class="notice bad" role="alert">
      <p>{props.text}</p>
      {props.note === undefined ? null : <p class="faint">{props.note}</p>}
    </div>
  );
}

export function Warning(props: { readonly children: ComponentChildren }) {
  return <div class="notice warn">{props.children}</div>;
}

/** The bar at the bottom that holds what can be done now. */
export function ActionBar(props: { readonly children: ComponentChildren }) {
  return (
    <div class="bar">
      <div>{props.children}</div>
    </div>
  );
}

export interface Fact {
  readonly term: string;
  readonly text: ComponentChildren;
}

/** Terms and what they are, in rows. */
export function Facts(props: { readonly facts: readonly Fact[]; readonly label?: string }) {
  return (
    <dl class="surface facts" aria-label={props.label}>
      {props.facts.map(({ term, text }) => (
        <div class="fact" key={term}>
          <dt class="soft">{term}</dt>
          <dd>{text}</dd>
        </div>
      ))}
    </dl>
  );
}
