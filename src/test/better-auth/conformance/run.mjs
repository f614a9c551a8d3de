// Runs the cases against a target: "genuine" (the server of the package that is installed here), the address of a
// server, or a file {"name", "mail": {"port"}, "servers": {configuration: {"base", "public", "secret"}}}. A second
// argument is the file for a report. Ends with 0 when all that was run has passed, but for the known differences.
import { spawn } from "node:child_process";
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { createInterface } from "node:readline";
import { DIFFERENCES } from "./differences.mjs";
import { Mismatch } from "./expect.mjs";
import { mailSink } from "./mail-sink.mjs";
import { ENDPOINTS, ERRORS, TOPICS, UNREACHABLE } from "./protocol.mjs";
import { seen } from "./seen.mjs";
import { cases, NotRun, Slots, Stage } from "./suite.mjs";

const AT_A_TIME = 8;
const TIMEOUT = 120_000;

const [argument, reportFile] = process.argv.slice(2);
if (!argument) {
  console.error("usage: node run.mjs genuine|URL|FILE [REPORT]");
  process.exit(2);
}
const folder = new URL("cases/", import.meta.url);
for (const file of readdirSync(folder).sort()) {
  await import(new URL(file, folder));
}

const gaps = uncovered();
const configurations = JSON.parse(readFileSync(new URL("configurations.json", import.meta.url), "utf8")).configurations;
const begun = Date.now();
const { target, sink, close } = await opened(argument);
const results = await all();
close();
const report = assessed();
print(report);
if (reportFile) {
  writeFileSync(reportFile, `${JSON.stringify(report, null, 2)}\n`);
}
process.exit(report.failed === 0 && gaps.length === 0 ? 0 : 1);

async function opened(argument) {
  if (argument === "genuine") {
    const sink = await mailSink();
    const server = spawn(process.execPath, [new URL("servers.mjs", import.meta.url).pathname, String(sink.port)], {
      stdio: ["pipe", "pipe", "inherit"],
    });
    const lines = createInterface(server.stdout)[Symbol.asyncIterator]();
    const { value } = await lines.next();
    if (!value) {
      throw new Error("the genuine server does not start");
    }
    return { target: JSON.parse(value), sink, close: () => server.stdin.end() };
  }
  const target = /^https?:/.test(argument)
    ? { name: new URL(argument).host, servers: { default: { base: argument } } }
    : JSON.parse(readFileSync(argument, "utf8"));
  const sink = target.mail && (await mailSink(target.mail.port));
  return { target, sink, close: () => {} };
}

async function all() {
  const slots = new Slots(AT_A_TIME);
  const known = Object.fromEntries(Object.keys(target.servers).map((name) => [name, {}]));
  // Those that wait for a clock are in the other configurations.
  const first = cases.toSorted((a, b) => (a.configuration === "default") - (b.configuration === "default"));
  return Promise.all(
    first.map(async (it) => {
      const server = target.servers[it.configuration];
      if (!server) {
        return { ...it, outcome: "not run", why: `there is no configuration "${it.configuration}"` };
      }
      await slots.acquire();
      const started = Date.now();
      const mail = configurations[it.configuration].mail ? sink : undefined;
      const stage = new Stage(server, mail, slots, known[it.configuration]);
      let late;
      try {
        const witnessed = new Set();
        const running = seen.run(witnessed, () => it.run(stage));
        const lateness = new Promise((_, reject) => {
          late = setTimeout(() => reject(new Error(`not finished after ${TIMEOUT / 1000} s`)), TIMEOUT);
        });
        await Promise.race([running, lateness]);
        const claimed = it.covers.filter((name) => !witnessed.has(name) && !TOPICS.includes(name));
        if (claimed.length > 0) {
          throw new Error(`it claims to cover ${claimed.join(" and ")}, and did not`);
        }
        return { ...it, outcome: "passed", milliseconds: Date.now() - started };
      } catch (error) {
        const why = error instanceof Mismatch || error instanceof NotRun ? error.message : String(error.stack ?? error);
        const outcome = error instanceof NotRun ? "not run" : "failed";
        return { ...it, outcome, why, milliseconds: Date.now() - started };
      } finally {
        clearTimeout(late);
        slots.release();
      }
    }),
  );
}

// Every part of the protocol needs a case.
function uncovered() {
  const covered = new Set(cases.flatMap((it) => it.covers));
  const known = new Set([...ENDPOINTS, ...TOPICS, ...Object.keys(ERRORS)]);
  const names = new Set(cases.map((it) => it.name));
  return [
    ...[...known].filter((name) => !covered.has(name)).map((name) => `no case covers ${name}`),
    ...[...covered].filter((name) => !known.has(name)).map((name) => `a case covers ${name}, which protocol.mjs lacks`),
    ...Object.keys(DIFFERENCES)
      .filter((name) => !names.has(name))
      .map((name) => `differences.mjs names a case that does not exist: ${name}`),
  ];
}

function assessed() {
  const rows = {};
  const assessments = results.map(({ name, row, covers, configuration, outcome, why, milliseconds }) => {
    const difference = DIFFERENCES[name]?.[target.name];
    const result = { name, row, covers, configuration, outcome, why, milliseconds };
    if (difference && outcome === "passed") {
      Object.assign(result, {
        outcome: "failed",
        why: "it passes, though differences.mjs says that it does not",
      });
    } else if (difference && outcome === "failed" && why.includes(difference.came)) {
      Object.assign(result, { outcome: "differs", because: difference.because });
    }
    const score = (rows[row] ??= { passed: 0, differs: 0, failed: 0, "not run": 0 });
    score[result.outcome]++;
    return result;
  });
  const count = (outcome) => assessments.filter((it) => it.outcome === outcome).length;
  return {
    target: target.name,
    cases: assessments.length,
    passed: count("passed"),
    differs: count("differs"),
    failed: count("failed"),
    notRun: count("not run"),
    seconds: Math.round((Date.now() - begun) / 100) / 10,
    rows,
    gaps,
    unreachable: UNREACHABLE,
    results: assessments,
  };
}

function print(report) {
  for (const it of report.results) {
    console.log(`${it.outcome.padEnd(7)}  [${it.configuration}] ${it.name}`);
    if (it.why && it.outcome !== "not run") {
      console.log(`         ${it.why.replaceAll("\n", "\n         ")}`);
    }
    if (it.because) {
      console.log(`         on purpose: ${it.because}`);
    }
  }
  console.log("");
  for (const row of [...ENDPOINTS, ...TOPICS]) {
    const score = report.rows[row] ?? { passed: 0, differs: 0, failed: 0, "not run": 0 };
    const sum = score.passed + score.differs + score.failed;
    const beside = [
      score.differs && `${score.differs} on purpose otherwise`,
      score["not run"] && `${score["not run"]} not run`,
    ];
    console.log(
      `${row.padEnd(32)} ${score.passed} of ${sum} ${beside
        .filter(Boolean)
        .map((text) => `(${text})`)
        .join(" ")}`,
    );
  }
  console.log("");
  for (const gap of report.gaps) {
    console.log(`GAP: ${gap}`);
  }
  const missing = new Set(report.results.filter((it) => it.outcome === "not run").map((it) => it.why));
  for (const why of missing) {
    const count = report.results.filter((it) => it.why === why).length;
    console.log(`not run: ${count}, for ${why}`);
  }
  const run = report.passed + report.differs + report.failed;
  const words = `${report.target}: ${report.passed} of ${run}`;
  const beside = `${report.differs} on purpose otherwise, ${report.failed} failed, ${report.notRun} not run`;
  console.log(`${words} (${beside}), ${report.seconds} s`);
}
