// Package lab is the playground's laboratory: it answers a page's requests,
// which are JSON, with what the library computes. It runs in a browser,
// compiled to WebAssembly by package wasm beside it, and natively in tests.
//
// A request names what it wants and has its fields in an object:
//
//	start     {}                                              rules, surfaces, limits
//	rule      {"rule": "adam"} or {"text": "w = w - g"}       a formula: its mathematics, hyperparameters, states, or its mistake
//	surface   {"surface": "rosenbrock" or "x^2 + 10*y^2"}     a function of two variables, or its mistake
//	grid      {"surface": ..., "nx": 200, "ny": 150}          its values, for contours
//	race      {"surface": ..., "steps": 200, "runners": [..]} the paths of several rules
//	tune      {"surface": ..., "steps": 200, "runner": {..}}  a good learning rate
//	net       {"data": "moons", "runner": {...}, ...}         a new network
//	netStep   {"steps": 10, "grid": 64}                       trains it
//	netSet    {"hypers": {"lr": 0.1}}                         changes hyperparameters while it learns
//
// The types named after requests are their fields and replies. A reply that is
// a failure has one field, error, a [Fault]. Numbers that are not finite are
// null. Whatever is asked is bounded, by [Limits]: too much is a fault.
package lab
