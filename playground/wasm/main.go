//go:build js && wasm

// Command wasm is the playground's laboratory for a browser. Run in a worker,
// it sets the worker's function descentCall(name, request), which answers a
// request of package lab: both texts, the second and the answer JSON.
package main

import (
	"syscall/js"

	"github.com/descent-go/descent/playground/lab"
)

func main() {
	var l lab.Lab
	js.Global().Set("descentCall", js.FuncOf(func(_ js.Value, args []js.Value) any {
		return string(l.Call(args[0].String(), []byte(args[1].String())))
	}))
	select {}
}
