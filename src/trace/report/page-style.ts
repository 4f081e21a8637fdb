/** The style sheet of the report page, light and dark. */

/** CSS text, without any outside resource. */
export const PAGE_STYLE = `
:root { color-scheme: light dark; --text: #1c1c1e; --soft: #5b5b63; --line: #d9d9de; --back: #ffffff; --card: #f6f6f8; }
@media (prefers-color-scheme: dark) {
  :root { --text: #ececf0; --soft: #a5a5b0; --line: #3a3a42; --back: #17171a; --card: #212126; }
}
* { box-sizing: border-box; }
body { margin: 0 auto; padding: 32px 24px 64px; max-width: 1280px; background: var(--back); color: var(--text);
  font: 17px/1.5 system-ui, sans-serif; }
h1 { font-size: 32px; line-height: 1.2; margin: 0 0 8px; }
h2 { font-size: 22px; margin: 40px 0 8px; }
p, li { max-width: 80ch; }
ul.answer { padding-left: 1.2em; }
ul.answer li { margin: 6px 0; }
.soft, figcaption { color: var(--soft); font-size: 15px; }
.warning { border-left: 4px solid #d55e00; background: var(--card); padding: 10px 14px; }
.scroll { overflow-x: auto; }
table { border-collapse: collapse; font-size: 15px; font-variant-numeric: tabular-nums; }
th, td { padding: 5px 14px 5px 0; border-bottom: 1px solid var(--line); text-align: left; white-space: nowrap; }
td.number, th.number { text-align: right; }
.vanishes, .explodes { color: #c04a00; font-weight: 600; }
.lives { color: #0072b2; font-weight: 600; }
@media (prefers-color-scheme: dark) { .vanishes, .explodes { color: #ff9a4d; } .lives { color: #6cc0f5; } }
.controls { position: sticky; top: 0; z-index: 5; display: flex; flex-wrap: wrap; gap: 8px 28px; padding: 10px 0;
  background: var(--back); border-bottom: 1px solid var(--line); font-size: 15px; }
.controls fieldset { border: 0; padding: 0; margin: 0; display: flex; gap: 12px; align-items: center; }
.controls legend { float: left; padding: 0; color: var(--soft); }
select { font: inherit; }
figure { margin: 24px 0 40px; }
figure h3 { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); }
figcaption { padding-left: 20px; max-width: 90ch; }
details { margin-top: 24px; } summary { cursor: pointer; color: var(--soft); }
.scroll .chart { min-width: 760px; }
dl { display: grid; grid-template-columns: max-content 1fr; gap: 4px 20px; font-size: 15px; }
dt { color: var(--soft); } dd { margin: 0; }
.tip table { font-size: 13px; } .tip th, .tip td { padding: 2px 10px 2px 0; border: 0; }
.tip .dot { display: inline-block; width: 10px; height: 10px; border-radius: 5px; margin-right: 6px; }
`;
