import { activities } from '../holdings.ts';
import { ActivityRow } from '../parts/activity-row.tsx';
import { Screen } from '../parts/screen.tsx';
import { t } from '../strings/index.ts';
import { dateText } from '../time-text.ts';

/** Everything that happened, newest first, day by day. */
export function History() {
  const days = Map.groupBy(activities.value, ({ value }) => dateText(value.at));
  return (
    <Screen title={t('history.title')}>
      {days.size === 0 ? <p class="soft">{t('history.empty')}</p> : null}
      {[...days].map(([day, entries]) => (
        <section key={day} class="stack" aria-label={day}>
          <h2 class="day">{day}</h2>
          <ul class="surface list">
            {entries.map((entry) => (
              <ActivityRow key={entry.id} entry={entry} under="day" />
            ))}
          </ul>
        </section>
      ))}
    </Screen>
  );
}
