package server

import "hash/fnv"

// Of says which of n servers has the tensor of a name.
func Of(name string, n int) int {
	h := fnv.New32a()
	_, _ = h.Write([]byte(name)) // never fails
	return int(h.Sum32() % uint32(max(n, 1)))
}
