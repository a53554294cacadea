package main

import (
	"fmt"
	"io"
	"math"
	"math/rand/v2"
	"sync"

	"github.com/descent-go/descent/online"
	"github.com/descent-go/descent/online/source"
)

// impressions is how many the made streams have, the last fifth of them being
// the next day, that is only predicted where a picture says so.
const impressions = 50_000

// stream is what rules learn in docs/online.md, without interactions.
type stream struct {
	name     string
	examples func() ([]online.Example, error)
}

var streams = []stream{
	{"clicks", sync.OnceValues(func() ([]online.Example, error) { return clicks(false), nil })},
	{"fashions", sync.OnceValues(func() ([]online.Example, error) { return clicks(true), nil })},
	{"rcv1", sync.OnceValues(texts)},
}

// texts are 250 of Reuters' news, of one of two topics, from Vowpal
// Wabbit's tests.
func texts() ([]online.Example, error) {
	s, err := source.Open("../../online/vw/testdata/data/rcv1_mini.dat.gz", source.Auto, source.Options{})
	if err != nil {
		return nil, err
	}
	defer func() { _ = s.Close() }()
	var all []online.Example
	for {
		var x online.Example
		if err := s.Read(&x); err == io.EOF {
			return all, nil
		} else if err != nil {
			return nil, err
		}
		all = append(all, x)
	}
}

// The world of the clicks: how many ads, sites, visitors and topics there are.
const ads, sites, visitors, topics = 300, 200, 50_000, 10

// world is how people like what they are shown, as log-odds.
type world struct {
	ad   [ads]float64
	site [sites]float64
	hour [24]float64
}

func newWorld(r *rand.Rand) *world {
	w := new(world)
	w.fashion(r)
	for i := range w.hour {
		w.hour[i] = 0.3 * math.Sin(2*math.Pi*float64(i)/24)
	}
	return w
}

// fashion makes other ads and sites liked.
func (w *world) fashion(r *rand.Rand) {
	for i := range w.ad {
		w.ad[i] = 1.2 * r.NormFloat64()
	}
	for i := range w.site {
		w.site[i] = 0.8 * r.NormFloat64()
	}
}

// clicks are impressions of ads, and whether they were clicked. A few ads, sites
// and visitors are frequent and most are rare; an ad is liked more on a site of
// its topic; what visitor it is says nothing. In fashions, every 5000
// impressions other ads and sites are liked.
func clicks(fashions bool) []online.Example {
	r := rand.New(rand.NewPCG(8, 1))
	w := newWorld(r)
	which := func(n uint64, s float64) func() int {
		z := rand.NewZipf(r, s, 5, n-1)
		return func() int { return int(z.Uint64()) }
	}
	ad, site, visitor := which(ads, 1.2), which(sites, 1.2), which(visitors, 1.1)
	all := make([]online.Example, impressions)
	for i := range all {
		if fashions && i > 0 && i%5000 == 0 {
			w.fashion(r)
		}
		a, s, u, h := ad(), site(), visitor(), r.IntN(24)
		odds := -1.5 + w.ad[a] + w.site[s] + w.hour[h]
		if a%topics == s%topics {
			odds += 1.5
		}
		impression(&all[i], a, s, u, h)
		all[i].Label = -1
		if r.Float64() < 1/(1+math.Exp(-odds)) {
			all[i].Label = 1
		}
	}
	return all
}

// impression fills an example.
func impression(x *online.Example, ad, site, visitor, hour int) {
	x.Reset()
	x.Namespace("ad")
	x.Feature(fmt.Sprintf("id=%d", ad), 1)
	x.Feature(fmt.Sprintf("topic=%d", ad%topics), 1)
	x.Namespace("site")
	x.Feature(fmt.Sprintf("id=%d", site), 1)
	x.Feature(fmt.Sprintf("topic=%d", site%topics), 1)
	x.Namespace("user")
	x.Feature(fmt.Sprintf("id=%d", visitor), 1)
	x.Namespace("hour")
	x.Feature(fmt.Sprint(hour), 1)
}
