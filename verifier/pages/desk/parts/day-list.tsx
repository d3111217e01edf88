import { useEffect, useRef } from 'preact/hooks';
import { day, language, text } from '../state.ts';

export function DayList() {
  const t = text.value;
  const title = useRef<HTMLHeadingElement>(null);
  useEffect(() => title.current?.focus(), []);
  const clock = new Intl.DateTimeFormat(language.value, {
    hour: '2-digit',
    minute: '2-digit',
    hourCycle: 'h23',
    timeZone: 'Asia/Shanghai',
  });
  return (
    <main class="day">
      <section class="surface">
        <h1 ref={title} tabIndex={-1}>
          {t('dayTitle')}
        </h1>
        {day.value.length === 0 ? (
          <p class="soft">{t('dayEmpty')}</p>
        ) : (
          <table>
            <thead>
              <tr>
                <th scope="col">{t('dayTime')}</th>
                <th scope="col">{t('dayRoom')}</th>
                <th scope="col">{t('dayGuest')}</th>
                <th scope="col">{t('dayName')}</th>
                <th scope="col">{t('dayNumber')}</th>
              </tr>
            </thead>
            <tbody>
              {day.value.map((entry) => (
                <tr key={entry.id}>
                  <td class="num">{clock.format(entry.created_at * 1000)}</td>
                  <td class="num">{entry.room}</td>
                  <td class="num">
                    {entry.guest} / {entry.guests}
                  </td>
                  <td>{entry.name}</td>
                  <td class="num">{entry.number}</td>
                </tr>
              ))}
            </tbody>
          </table>
        )}
      </section>
    </main>
  );
}
