package compat

var torchSchedules = map[string]scheduler{}
