import { render } from 'preact';
import { useEffect } from 'preact/hooks';
import { open } from './actions.ts';
import { Ask } from './parts/ask.tsx';
import { DataTab } from './parts/data.tsx';
import { DevicesTab } from './parts/devices.tsx';
import { Gone, NotMe, NotMeDone, SignIn } from './parts/doors.tsx';
import { Header } from './parts/header.tsx';
import { Notice } from './parts/notice.tsx';
import { OverviewTab } from './parts/overview.tsx';
import { SafetyTab } from './parts/safety.tsx';
import { isLarge, language, screen, tab, text } from './state.ts';

function Account() {
  useEffect(() => {
    document.documentElement.lang = language.value;
    document.documentElement.dataset.size = isLarge.value ? 'large' : 'normal';
    document.title = `${text.value('account')} · 虎符`;
  }, [language.value, isLarge.value]);

  return (
    <>
      <Header />
      <Notice />
      {screen.value === 'sign-in' && <SignIn />}
      {screen.value === 'not-me' && <NotMe />}
      {screen.value === 'not-me-done' && <NotMeDone />}
      {screen.value === 'gone' && <Gone />}
      {screen.value === 'account' && tab.value === 'overview' && <OverviewTab />}
      {screen.value === 'account' && tab.value === 'safety' && <SafetyTab />}
      {screen.value === 'account' && tab.value === 'devices' && <DevicesTab />}
      {screen.value === 'account' && tab.value === 'data' && <DataTab />}
      <Ask />
    </>
  );
}

const root = document.getElementById('account');
if (root !== null) render(<Account />, root);
void open();
