import { render } from 'preact';
import { useEffect } from 'preact/hooks';
import { open } from './actions.ts';
import { AskPanel } from './parts/ask-panel.tsx';
import { DayList } from './parts/day-list.tsx';
import { DeskHeader } from './parts/desk-header.tsx';
import { Notice } from './parts/notice.tsx';
import { SignIn } from './parts/sign-in.tsx';
import { Verdict } from './parts/verdict.tsx';
import { isLarge, language, organisation, screen, text } from './state.ts';

function Desk() {
  useEffect(() => {
    document.documentElement.lang = language.value;
    document.documentElement.dataset.size = isLarge.value ? 'large' : 'normal';
    document.title = `${text.value('desk')} · ${organisation.value || '虎符'}`;
  }, [language.value, isLarge.value, organisation.value]);

  if (screen.value === 'loading') return <Notice />;
  return (
    <>
      <DeskHeader />
      <Notice />
      {screen.value === 'sign-in' && <SignIn />}
      {screen.value === 'desk' && (
        <main class="desk">
          <AskPanel />
          <Verdict />
        </main>
      )}
      {screen.value === 'day' && <DayList />}
    </>
  );
}

const root = document.getElementById('desk');
if (root !== null) render(<Desk />, root);
void open();
