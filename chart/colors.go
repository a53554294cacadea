package chart

import (
	"cmp"
	"image"
	"image/color"
	"math"
	"math/bits"
	"slices"

	"github.com/soniakeys/quant/median"
)

// colorTable numbers the colours of an animation in the order in which they come.
type colorTable struct {
	numbers map[color.RGBA]int32
	colors  []color.RGBA
	count   []int // of pixels
}

// number is that of a pixel's colour, new if it has not been seen.
func (t *colorTable) number(r, g, b uint8) int32 {
	c := color.RGBA{r, g, b, 255}
	if t.numbers == nil {
		t.numbers = map[color.RGBA]int32{}
	}
	n, ok := t.numbers[c]
	if !ok {
		n = int32(len(t.colors))
		t.numbers[c] = n
		t.colors, t.count = append(t.colors, c), append(t.count, 0)
	}
	t.count[n]++
	return n
}

// A palette's first colour is no colour: what it leaves as it was. Of the others
// so many are those to keep and those of most pixels, as they are; the rest stand for those that
// are left, each for itself where there is room.
const exact = 64

// palette makes a palette and tells for each colour its index there.
func (t *colorTable) palette(keep []color.RGBA) (color.Palette, []uint8) {
	order := make([]int, len(t.colors))
	for i := range order {
		order[i] = i
	}
	weight := func(i int) int {
		if slices.Contains(keep, t.colors[i]) {
			return math.MaxInt
		}
		return t.count[i]
	}
	slices.SortFunc(order, func(a, b int) int { return cmp.Compare(weight(b), weight(a)) })
	palette := color.Palette{color.RGBA{}}
	kept := order[:min(exact, len(order))]
	for _, i := range kept {
		palette = append(palette, t.colors[i])
	}
	if rest := order[len(kept):]; len(rest) > 0 {
		palette = append(palette, t.cut(rest, 255-exact)...)
	}
	index := make([]uint8, len(t.colors))
	for i, c := range t.colors {
		index[i] = uint8(1 + palette[1:].Index(c))
	}
	return palette, index
}

// cut finds n colours that stand for many. Those of more pixels weigh more, but
// less than in proportion, so that thin lines keep theirs.
func (t *colorTable) cut(many []int, n int) color.Palette {
	var weighed []color.RGBA
	for _, i := range many {
		for range bits.Len(uint(t.count[i])) {
			weighed = append(weighed, t.colors[i])
		}
	}
	all := image.NewRGBA(image.Rect(0, 0, len(weighed), 1))
	for x, c := range weighed {
		all.SetRGBA(x, 0, c)
	}
	var few color.Palette
	for _, c := range median.Quantizer(n).Palette(all).ColorPalette() {
		few = append(few, color.RGBAModel.Convert(c))
	}
	return few
}
