/**
 * The only style sheet of a page. `STYLE_HASH` is its SHA-256 for the Content-Security-Policy, which allows nothing
 * else; a test computes it again and prints the correct one.
 */
export const STYLE = `
:root{color-scheme:light dark;--bg:#fff;--fg:#16191f;--soft:#545b64;--line:#aab7b8;--box:#f4f6f8;--good:#1d6b1d;--bad:#b0120a;--part:#8a4b00;--open:#444c55;--link:#0a58ad;--goodbg:#e3f3e3;--badbg:#fbe3e1;--partbg:#fdf0dc;--openbg:#e9ecef}
@media (prefers-color-scheme:dark){:root{--bg:#0f1419;--fg:#e6e9ec;--soft:#aab4be;--line:#53606d;--box:#1a222b;--good:#7ed37e;--bad:#ff9d94;--part:#f2bd6b;--open:#c3ccd5;--link:#8cc2ff;--goodbg:#16331a;--badbg:#43201e;--partbg:#3d2f15;--openbg:#26303a}}
*{box-sizing:border-box}
body{margin:0 auto;padding:1rem;max-width:76rem;background:var(--bg);color:var(--fg);font:16px/1.5 system-ui,sans-serif;overflow-wrap:anywhere}
h1{font-size:1.5rem;line-height:1.25;margin:.2rem 0}h2{font-size:1.2rem;margin:1.6rem 0 .5rem;border-bottom:1px solid var(--line)}h3{font-size:1rem;margin:1rem 0 .3rem}
p{margin:.4rem 0}a{color:var(--link)}.soft{color:var(--soft)}
code,pre{font:.875rem/1.5 ui-monospace,monospace}pre{background:var(--box);border:1px solid var(--line);border-radius:4px;padding:.5rem .7rem;margin:.4rem 0;white-space:pre-wrap;user-select:text}
pre .command{display:block}
.good{color:var(--good)}.bad{color:var(--bad)}.part{color:var(--part)}.open{color:var(--open)}
.tag{display:inline-block;border-radius:4px;padding:0 .5rem;font-weight:600}
.tag.good,td.good{background:var(--goodbg);color:var(--good)}.tag.bad,td.bad{background:var(--badbg);color:var(--bad)}.tag.part,td.part{background:var(--partbg);color:var(--part)}.tag.open,td.open{background:var(--openbg);color:var(--open)}
ol.hops{list-style:none}ol.hops,ul.checks{padding-left:1.4rem;margin:.4rem 0}ul.checks{list-style:none;padding-left:0}li{margin:.2rem 0}li:target,li:target>*{outline:3px solid var(--link);outline-offset:2px}
details{margin:.4rem 0}summary{cursor:pointer}
figure{margin:.6rem 0}figcaption{color:var(--soft)}svg{display:block;width:100%;height:auto;max-width:64rem}svg.narrow{display:none}svg a{text-decoration:none}
svg text{font:13px system-ui,sans-serif;fill:var(--fg)}svg .id{font:11px ui-monospace,monospace;fill:var(--soft)}svg .box{fill:var(--box);stroke:var(--line)}svg .faded{opacity:.6}
svg a:focus .box,svg a:hover .box{stroke:var(--link);stroke-width:2}
svg .good{fill:var(--good)}svg .bad{fill:var(--bad)}svg .part{fill:var(--part)}svg .open{fill:var(--open)}svg .bad.box{fill:var(--badbg);stroke:var(--bad);stroke-width:2}svg .part.box{fill:var(--partbg);stroke:var(--part);stroke-width:2}svg .open.box{fill:var(--openbg);stroke:var(--open);stroke-width:2}
svg .lane{stroke:var(--good);stroke-width:2;fill:none}svg .lane.dead{stroke:var(--line);stroke-dasharray:4 4}svg .head{fill:var(--good)}svg .head.dead{fill:var(--line)}
svg .zone{fill:none;stroke:var(--line);stroke-dasharray:3 3}svg .here.box{stroke:var(--link);stroke-width:3}
.scroll{overflow-x:auto}table{border-collapse:collapse;margin:.4rem 0;font-size:.9rem}th,td{border:1px solid var(--line);padding:.15rem .5rem;text-align:left;vertical-align:top;overflow-wrap:break-word}td.n,table.map td{text-align:right}thead th{background:var(--box)}
.bar{max-width:30rem}.bar .all{fill:var(--openbg)}.bar .share{fill:var(--link)}
@media (max-width:46rem){svg.wide{display:none}svg.narrow{display:block;max-width:24rem}body{padding:.6rem}}
@media print{:root{color-scheme:light;--bg:#fff;--fg:#000;--soft:#333;--line:#777;--box:#fff;--good:#1d6b1d;--bad:#b0120a;--part:#8a4b00;--open:#444c55;--link:#0a58ad;--goodbg:#fff;--badbg:#fff;--partbg:#fff;--openbg:#fff}body{max-width:none;padding:0;font-size:11pt}section.step,figure,tr{break-inside:avoid}svg.wide{display:block}svg.narrow{display:none}.scroll{overflow:visible}th,td{overflow-wrap:anywhere}}
`

export const STYLE_HASH = 'sha256-XuYen84vOEU4vvzgd4jHtTDNTBRpBv43rH0q7UDE0io='
