package main

import (
	"bufio"
	"bytes"
	"fmt"
	"os"
	"runtime"
	"strings"
)

// Machine is where it was measured.
type Machine struct {
	Processor  string `json:"processor"`
	Processors int    `json:"processors"`
	OS         string `json:"os"`
	Go         string `json:"go"`
	Backend    string `json:"backend"` // of descent
}

func describe(backend string) Machine {
	name := field("/proc/cpuinfo", "model name")
	if name == "" {
		name = runtime.GOARCH
	}
	return Machine{name, runtime.NumCPU(), runtime.GOOS + "/" + runtime.GOARCH, runtime.Version(), backend}
}

func (m Machine) String() string {
	return fmt.Sprintf("%s, %d processors, %s, %s, descent runs as %s", m.Processor, m.Processors, m.OS, m.Go, m.Backend)
}

// field finds "name : value" in one of Linux's files; "" elsewhere.
func field(file, name string) string {
	text, err := os.ReadFile(file)
	if err != nil {
		return ""
	}
	for lines := bufio.NewScanner(bytes.NewReader(text)); lines.Scan(); {
		if key, value, ok := strings.Cut(lines.Text(), ":"); ok && strings.TrimSpace(key) == name {
			return strings.TrimSpace(value)
		}
	}
	return ""
}

// available is the memory that is free, in bytes, where the system says so.
func available() (int64, bool) {
	var kB int64
	_, err := fmt.Sscan(field("/proc/meminfo", "MemAvailable"), &kB)
	return kB << 10, err == nil
}
