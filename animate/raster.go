package animate

import (
	"image"
	"image/draw"

	"gonum.org/v1/plot/vg"
	vgdraw "gonum.org/v1/plot/vg/draw"
	"gonum.org/v1/plot/vg/vgimg"
)

// dpi makes 600 pixels of 450 points.
const dpi = 96

// fps are the pictures a second where something moves. A GIF counts hundredths
// of seconds: 25 is what fits.
const fps = 25

// painter draws the pictures of a scene.
type painter struct {
	scene  *scene
	back   *image.RGBA
	layers []*sheet // one for each of the scene's
}

// sheet is what a layer is drawn on.
type sheet struct {
	layer  *layer
	bounds image.Rectangle // in the picture
	back   []uint8         // the background's pixels
	image  *image.RGBA
	canvas vgdraw.Canvas
}

func newPainter(s *scene) *painter {
	c := vgimg.NewWith(vgimg.UseWH(s.width, s.height), vgimg.UseDPI(dpi))
	s.back(vgdraw.New(c))
	p := &painter{scene: s, back: c.Image().(*image.RGBA)}
	for _, l := range s.layers {
		p.layers = append(p.layers, p.sheet(l))
	}
	return p
}

func (p *painter) sheet(l *layer) *sheet {
	top := p.back.Bounds().Max.Y
	x, y := pixels(l.area.Min.X), top-pixels(l.area.Max.Y)
	size := l.area.Size()
	c := vgimg.NewWith(vgimg.UseWH(size.X, size.Y), vgimg.UseDPI(dpi))
	s := &sheet{layer: l, image: c.Image().(*image.RGBA), canvas: vgdraw.New(c)}
	s.bounds = s.image.Bounds().Add(image.Pt(x, y))
	draw.Draw(s.image, s.image.Bounds(), p.back, s.bounds.Min, draw.Src)
	s.back = append(s.back, s.image.Pix...)
	return s
}

// pixels is a length in pixels, which layers begin at.
func pixels(l vg.Length) int { return int(l.Dots(dpi) + 0.5) }

// whole moves a length to where a pixel begins.
func whole(l vg.Length) vg.Length { return vg.Length(pixels(l)) * vg.Inch / dpi }

// picture draws the scene as it is at a time.
func (p *painter) picture(now float64) *image.RGBA {
	out := image.NewRGBA(p.back.Bounds())
	copy(out.Pix, p.back.Pix)
	for _, s := range p.layers {
		copy(s.image.Pix, s.back)
		s.layer.paint(s.canvas, now)
		draw.Draw(out, s.bounds, s.image, image.Point{}, draw.Src)
	}
	return out
}

// frame is a picture of a GIF: when it begins and how long it stays, in
// hundredths of a second.
type frame struct {
	now   float64
	delay int
}

// frames are the pictures at which something has changed, the last one held to
// the scene's end.
func (s *scene) frames() []frame {
	const hundredths = 100 / fps
	list := []frame{{0, hundredths}} // at least that long
	for k := 1; float64(k) < s.end*fps; k++ {
		before, now := float64(k-1)/fps, float64(k)/fps
		if s.changed(before, now) {
			list = append(list, frame{now, 0})
		}
		list[len(list)-1].delay += hundredths
	}
	return list
}

func (s *scene) changed(before, now float64) bool {
	for _, l := range s.layers {
		if l.changed(before, now) {
			return true
		}
	}
	return false
}
