package lab

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"
)

// Lab answers requests, one at a time. Its state is the network of the last
// request net. The zero Lab is ready.
type Lab struct {
	net *network
}

// Call answers a request. It never fails: what goes wrong is in the reply.
func (l *Lab) Call(name string, request []byte) (reply []byte) {
	defer func() {
		if broken := recover(); broken != nil {
			reply = encode(failure{&Fault{Field: "request", Message: fmt.Sprintf("the laboratory broke: %v; please report it with what you typed", broken)}})
		}
	}()
	return l.answer(name, request)
}

// answer is Call that lets panics through, for tests.
func (l *Lab) answer(name string, request []byte) []byte {
	handle := handlers[name]
	if handle == nil {
		known := slices.Sorted(maps.Keys(handlers))
		return encode(failure{faultf("request", "unknown request %q: expected one of %s", name, strings.Join(known, ", "))})
	}
	reply, err := handle(l, request)
	if err != nil {
		return encode(failure{asFault("request", err)})
	}
	return encode(reply)
}

// failure is the reply of a request that failed.
type failure struct {
	Error *Fault `json:"error"`
}

type handler func(l *Lab, request []byte) (any, error)

var handlers = map[string]handler{
	"start":   handle((*Lab).start),
	"rule":    handle((*Lab).rule),
	"surface": handle((*Lab).surface),
	"grid":    handle((*Lab).grid),
	"race":    handle((*Lab).race),
	"tune":    handle((*Lab).tune),
	"net":     handle((*Lab).newNet),
	"netStep": handle((*Lab).netStep),
	"netSet":  handle((*Lab).netSet),
}

// handle makes a handler of a function of a typed request.
func handle[Request, Reply any](f func(*Lab, Request) (Reply, error)) handler {
	return func(l *Lab, request []byte) (any, error) {
		var r Request
		d := json.NewDecoder(bytes.NewReader(request))
		d.DisallowUnknownFields()
		if err := d.Decode(&r); err != nil {
			return nil, faultf("request", "cannot read the request: %v", err)
		}
		if _, err := d.Token(); !errors.Is(err, io.EOF) {
			return nil, faultf("request", "cannot read the request: something follows its object")
		}
		return f(l, r)
	}
}

// encode writes a reply, of which every type can be written.
func encode(reply any) []byte {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	if err := e.Encode(reply); err != nil {
		panic(err)
	}
	return bytes.TrimRight(b.Bytes(), "\n")
}
