// Reads {rules, leads} from stdin, prints {found, microseconds}: json-rules-engine beside the matching benchmark.
import { createRequire } from "node:module";
import { readFileSync } from "node:fs";

const { Engine } = createRequire(process.argv[2] + "/")("json-rules-engine");
const { rules, leads } = JSON.parse(readFileSync(0, "utf8"));
const engine = new Engine([], { allowUndefinedFacts: true });
engine.addOperator("sharesOne", (fact, value) => value.some((item) => fact.includes(item)));
rules.forEach((all, number) =>
  engine.addRule({ conditions: { all }, event: { type: "found", params: { number } }, priority: rules.length - number }),
);
let number = null;
engine.on("success", (event) => {
  number = event.params.number;
  engine.stop();
});
const find = async (lead) => {
  number = null;
  await engine.run(lead);
  return number;
};
for (const lead of leads.slice(0, 5)) await find(lead);
const began = process.cpuUsage();
const found = [];
for (const lead of leads) found.push(await find(lead));
const spent = process.cpuUsage(began);
console.log(JSON.stringify({ found, microseconds: (spent.user + spent.system) / leads.length }));
