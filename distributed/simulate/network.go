package simulate

import "fmt"

// Network is a model of what lies between workers and the server, or between
// workers, which [ParseNetwork] reads. The zero Network takes no time.
//
// Each end has one link of the bandwidth in each direction, on which what is sent
// goes one after the other: that of the server is shared by all workers. Every
// message takes the latency besides. A worker sends its gradient and asks for
// weights at once; the question is free.
type Network struct {
	spec      string
	latency   float64 // seconds, one way
	bandwidth float64 // bits a second, 0 is without limit
}

var networkKeys = []key{{"latency", 0.0001, seconds}, {"bandwidth", 10e9, bandwidth}}

// NetworkUsage is how networks are written, with the defaults.
func NetworkUsage() string { return usage(networkKeys) }

// ParseNetwork reads a model of a network, as in "latency=1ms,bandwidth=10Gbit";
// "none" takes no time, and "" is [NetworkUsage].
func ParseNetwork(spec string) (Network, error) {
	if spec == "none" {
		return Network{}, nil
	}
	v, err := read(spec, networkKeys)
	if err != nil {
		return Network{}, fmt.Errorf("simulate: network %q: %w; expected none or as in %s", spec, err, NetworkUsage())
	}
	if spec == "" {
		spec = NetworkUsage()
	}
	return Network{spec, v[0], v[1]}, nil
}

// String is what ParseNetwork has read.
func (n Network) String() string {
	if n.spec == "" {
		return "none"
	}
	return n.spec
}

// send is how long a link is busy with so many bytes.
func (n Network) send(bytes int) float64 {
	if n.bandwidth == 0 {
		return 0
	}
	return 8 * float64(bytes) / n.bandwidth
}

// allReduce is how long workers take to add up so many bytes around a ring: each
// sends its neighbour an n-th of them in 2(n-1) rounds.
func (n Network) allReduce(workers, bytes int) float64 {
	rounds := float64(2 * (workers - 1))
	return float64(rounds * (n.latency + n.send(bytes)/float64(workers)))
}
