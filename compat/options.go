package compat

import (
	"encoding/json"
	"fmt"
	"reflect"
	"strings"

	"github.com/descent-go/descent/formula"
)

// read reads an option's value as the hyperparameter takes it.
func read(h *formula.Hyper, option string, value any) (any, error) {
	if choices := h.Range.Choices; len(choices) > 0 {
		text, ok := value.(string)
		if !ok {
			return nil, fmt.Errorf("option %s: expected one of %s, found %s", option, strings.Join(choices, ", "), show(value))
		}
		if _, err := h.ParseValue(text); err != nil {
			return nil, fmt.Errorf("option %s: %w", option, err)
		}
		return text, nil
	}
	v, ok := number(value)
	if !ok {
		return nil, fmt.Errorf("option %s: expected a number, found %s", option, show(value))
	}
	if err := h.Check(v); err != nil {
		return nil, fmt.Errorf("option %s: %w", option, err)
	}
	return v, nil
}

// number reads a number of any Go type.
func number(value any) (float64, bool) {
	if n, ok := value.(json.Number); ok {
		v, err := n.Float64()
		return v, err == nil
	}
	switch v := reflect.ValueOf(value); {
	case v.CanFloat():
		return v.Float(), true
	case v.CanInt():
		return float64(v.Int()), true
	case v.CanUint():
		return float64(v.Uint()), true
	}
	return 0, false
}

// show writes a value with its kind, for error messages.
func show(value any) string {
	switch v := value.(type) {
	case nil:
		return "nothing (null)"
	case string:
		return fmt.Sprintf("the text %q", v)
	case json.Number:
		return string(v)
	}
	if v, ok := number(value); ok {
		return fmt.Sprint(v)
	}
	switch v := reflect.ValueOf(value); v.Kind() {
	case reflect.Slice, reflect.Array:
		return fmt.Sprintf("the list %v of %d", value, v.Len())
	case reflect.Map:
		return fmt.Sprintf("the object %v", value)
	}
	return fmt.Sprintf("%v (%T)", value, value)
}
