package chart

import (
	"bytes"
	"errors"
	"fmt"
	"image"
	"image/color"
	"image/gif"
	"io"
	"time"
)

// GIF gathers the frames of an animation. Of each it keeps the pixels that
// differ from the frame before, so that long animations need little memory, and
// so does their file. The zero value is ready for use and repeats forever.
type GIF struct {
	// Keep are colours that stay exactly as they are, however few pixels have them:
	// those of thin lines.
	Keep []color.RGBA

	size   image.Point
	colors colorTable
	before []uint8 // the pixels of the last frame
	frames []change
}

// change is what a frame changes, its pixels in the order of lines.
type change struct {
	at, color []int32
	delay     int // in hundredths of a second
}

// Add adds a frame, to be shown for a time, rounded to hundredths of a second and
// at least two, since programs show what is shorter for a tenth. Give the last
// frame a second or two for readers to look at it. All frames have the size of
// the first.
func (g *GIF) Add(frame *image.RGBA, show time.Duration) error {
	size := frame.Bounds().Size()
	first := len(g.frames) == 0
	if first {
		if size.X <= 0 || size.Y <= 0 || size.X > 1<<16-1 || size.Y > 1<<16-1 {
			return fmt.Errorf("chart: a GIF of %d by %d pixels: expected 1 to 65535", size.X, size.Y)
		}
		g.size, g.before = size, make([]uint8, 4*size.X*size.Y)
	}
	if size != g.size {
		return fmt.Errorf("chart: frame %d of a GIF has %d by %d pixels: expected %d by %d, as the first", len(g.frames), size.X, size.Y, g.size.X, g.size.Y)
	}
	next := change{delay: max(2, int((show+5*time.Millisecond)/(10*time.Millisecond)))}
	for y := range size.Y {
		line, old := frame.Pix[y*frame.Stride:], g.before[4*y*size.X:]
		for x := range size.X {
			pixel := line[4*x : 4*x+4]
			if first || !bytes.Equal(pixel, old[4*x:4*x+4]) {
				next.at = append(next.at, int32(y*size.X+x))
				next.color = append(next.color, g.colors.number(pixel[0], pixel[1], pixel[2]))
			}
		}
		copy(old, line[:4*size.X])
	}
	g.frames = append(g.frames, next)
	return nil
}

// WriteTo writes the animation. Up to 255 colours are as they were drawn; where
// there are more, those of most pixels are, and the others the nearest of a
// palette that is made for this animation.
func (g *GIF) WriteTo(w io.Writer) (int64, error) {
	if len(g.frames) == 0 {
		return 0, errors.New("chart: a GIF without frames")
	}
	palette, index := g.colors.palette(g.Keep)
	out := gif.GIF{
		Config: image.Config{ColorModel: palette, Width: g.size.X, Height: g.size.Y},
	}
	shown := make([]uint8, g.size.X*g.size.Y)
	for k, f := range g.frames {
		part := g.patch(f, shown, palette, index, k == 0)
		if part == nil {
			out.Delay[len(out.Delay)-1] += f.delay
			continue
		}
		out.Image, out.Delay = append(out.Image, part), append(out.Delay, f.delay)
		out.Disposal = append(out.Disposal, gif.DisposalNone)
	}
	count := counter{to: w}
	if err := gif.EncodeAll(&count, &out); err != nil {
		return count.n, fmt.Errorf("chart: %w", err)
	}
	return count.n, nil
}

// patch is the rectangle that a frame changes, transparent where it does not,
// nil if nothing changes. It updates what is shown.
func (g *GIF) patch(f change, shown []uint8, palette color.Palette, index []uint8, whole bool) *image.Paletted {
	var bounds image.Rectangle
	place := func(i int) image.Point { return image.Pt(int(f.at[i])%g.size.X, int(f.at[i])/g.size.X) }
	changed := func(i int) bool { return whole || shown[f.at[i]] != index[f.color[i]] }
	for i := range f.at {
		if at := place(i); changed(i) {
			bounds = bounds.Union(image.Rectangle{at, at.Add(image.Pt(1, 1))})
		}
	}
	if bounds.Empty() {
		return nil
	}
	part := image.NewPaletted(bounds, palette)
	for i := range f.at {
		if at := place(i); changed(i) {
			part.SetColorIndex(at.X, at.Y, index[f.color[i]])
			shown[f.at[i]] = index[f.color[i]]
		}
	}
	return part
}

// counter counts the bytes that are written.
type counter struct {
	to io.Writer
	n  int64
}

func (c *counter) Write(p []byte) (int, error) {
	n, err := c.to.Write(p)
	c.n += int64(n)
	return n, err
}
