import { render } from 'preact';
import { useEffect } from 'preact/hooks';
import { open } from './actions.ts';
import { Face } from './parts/face.tsx';
import { FieldsForm } from './parts/fields-form.tsx';
import { Header, NoticeBar } from './parts/header.tsx';
import { NoticeStep, SignIn } from './parts/notice-step.tsx';
import { PhotoStep } from './parts/photo-step.tsx';
import { Progress } from './parts/progress.tsx';
import { SendStep } from './parts/send-step.tsx';
import { isLarge, language, screen, text } from './state.ts';

function Apply() {
  const now = screen.value;
  useEffect(() => {
    document.documentElement.lang = language.value;
    document.documentElement.dataset.size = isLarge.value ? 'large' : 'normal';
    document.title = `${text.value('apply')} · 虎符`;
  }, [language.value, isLarge.value]);
  // Each step is a page of its own to whoever does not see it change.
  useEffect(() => {
    const heading = document.querySelector('h1');
    if (now === 'loading' || now === 'sign-in' || heading === null) return;
    heading.tabIndex = -1;
    heading.focus();
  }, [now]);

  return (
    <>
      <Header />
      <NoticeBar />
      {now === 'sign-in' && <SignIn />}
      {now === 'notice' && <NoticeStep />}
      {(now === 'front' || now === 'back') && <PhotoStep key={now} side={now} />}
      {now === 'fields' && <FieldsForm />}
      {now === 'face' && <Face />}
      {now === 'send' && <SendStep />}
      {now === 'progress' && <Progress />}
    </>
  );
}

const root = document.getElementById('apply');
if (root !== null) render(<Apply />, root);
void open();
