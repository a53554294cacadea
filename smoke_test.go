package descent
import ("testing";"fmt";"math";"encoding/json";"os";"path/filepath";"github.com/descent-go/descent/optim")
type trace struct{ Optimizer string; Options map[string]float64; Params []struct{Name string; Shape []int; Value []float64}; Steps []struct{Values [][]float64}; Objective struct{Name string; A,B []float64}; Tolerance struct{Rtol,Atol float64}}
func TestSmoke(t *testing.T){
 fs,_:=filepath.Glob("../shared/traces/formula/*.json")
 for _,f:=range fs{
  b,_:=os.ReadFile(f); var tr trace; if err:=json.Unmarshal(b,&tr);err!=nil{t.Error(f,err,string(b[len(b)-300:]));continue}
  name:=map[string]string{"momentum":"sgd","nesterov":"nag","rmsprop_centered":"rmsprop-centered"}[tr.Optimizer]; if name==""{name=tr.Optimizer}
  r,err:=optim.Lookup(name); if err!=nil{t.Fatal(err)}
  w:=append([]float64{},tr.Params[0].Value...); g:=make([]float64,len(w))
  var os []Option; for k,v:=range tr.Options{ if k=="beta"&&name=="adadelta"{k="rho"}; os=append(os,Set(k,v))}
  o,err:=New(r,[]Param{NewParam("w",w,g)},os...); if err!=nil{t.Fatal(f,err)}
  grad:=func()(float64,error){
    if len(tr.Objective.A)>0 { for i:=range w{g[i]=tr.Objective.A[i]*(w[i]-tr.Objective.B[i])} } else {
     x,y:=w[0],w[1]; g[0]= -2*(1-x)-400*x*(y-x*x); g[1]=200*(y-x*x)}
    return 0,nil}
  worst:=0.0
  for i,s:=range tr.Steps{ if _,err:=o.StepFunc(grad);err!=nil{t.Fatal(err)}
   for j:=range w{ d:=math.Abs(w[j]-s.Values[0][j])/(tr.Tolerance.Atol+tr.Tolerance.Rtol*math.Abs(s.Values[0][j])); if d>worst||d!=d {worst=d}; if !(d<=1){t.Errorf("%s step %d el %d: %v want %v",f,i,j,w[j],s.Values[0][j]);break}}
  }
  fmt.Println(filepath.Base(f),worst,len(tr.Steps),tr.Tolerance)
 }
}
func TestAll(t *testing.T){
 for _,n:=range optim.Names(){ r,_:=optim.Lookup(n); in,err:=r.Info(); if err!=nil{t.Error(err);continue}; if in.Link {continue}
  w:=make([]float32,10000); g:=make([]float32,10000); for i:=range w{w[i]=float32(i%7)-3; g[i]=float32(i%5)-2}
  o,err:=New(r,[]Param{NewParam("w",w,g,100,100)},ClipNorm(5)); if err!=nil{t.Error(n,err);continue}
  for k:=0;k<3;k++{ _,err=o.StepFunc(func()(float64,error){return 0,nil}); if err!=nil{t.Error(err)}}
  a:=testing.AllocsPerRun(5,func(){o.StepFunc(func()(float64,error){return 0,nil})})
  fmt.Println(n,w[:3],a)
 }
}
func BenchmarkAdam(b *testing.B){ w:=make([]float32,1000000);g:=make([]float32,1000000); for i:=range g{g[i]=.1}
 o,_:=New(optim.Adam,[]Param{NewParam("w",w,g)},Threads(1)); o.Step()
 for b.Loop(){o.Step()}; b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/1e6,"ns/w")}
