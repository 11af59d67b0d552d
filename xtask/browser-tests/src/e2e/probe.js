// Runs in every page before its own scripts, and records what the tests read afterwards.
(() => {
  const probe = { states: [], longTasks: [], changes: 0 };
  globalThis.probe = probe;
  const note = (state) => {
    if (state && probe.states.at(-1) !== state) probe.states.push(state);
  };
  new MutationObserver((records) => {
    for (const record of records) {
      if (record.target === document.body && record.attributeName === "data-state") note(record.oldValue);
    }
    note(document.body?.dataset.state);
    if (document.body?.dataset.state === "running") probe.changes += 1;
  }).observe(document, {
    subtree: true, childList: true, characterData: true, attributes: true, attributeOldValue: true,
  });
  new PerformanceObserver((list) => {
    for (const task of list.getEntries()) probe.longTasks.push(Math.round(task.duration));
  }).observe({ type: "longtask", buffered: true });
})();
