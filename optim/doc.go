// Package optim holds descent's optimizers, each in a file of its own as the
// formula that its paper prints.
//
// A [Rule] goes to descent.New; [Lookup] finds one by its name and [Names]
// lists them. [Parse] makes one of a formula of your own, which then has the
// same checks, features and speed. Some are links, which change gradients
// ([Rescale], [ClipValue], [ClipNorm], [ClipParamNorm], [ClipRMS],
// [AdaptiveClip], [Centralize], [OrthoGrad], [SAM]), steps ([Decay],
// [TrustRatio], [Cautious], [Grams]) or weights ([Lookahead]; [EMA] those to
// evaluate with) and need a rule: [Chain] runs several as one. A [Stepper] is
// for what is no formula, as [LBFGS], [Muon] and [SOAP] are.
//
//	family                 rules                                  states per weight
//	gradient descent       SGD, NAG, NAGShifted                   0 or 1
//	averaged gradients     Adam, AdamW, AdaMax, NAdam, FTML       2, FTML 3
//	                       RAdam, AdaBelief, Yogi, QHAdam, ADOPT  2
//	                       AMSGrad, AdEMAMix, Adan                3, Adan 4
//	scaled by gradients    AdaGrad, RMSProp, AdaDelta             1, AdaDelta 2
//	                       RMSPropCentered                        3
//	signs                  Signum, Lion, Rprop                    1, Rprop 3
//	no learning rate       Prodigy, DAdaptAdam                    4, 3
//	                       DoG, DoWG, COCOB                       1, 1, 5
//	dual averages          MADGRAD                                3
//	second order           LBFGS, SOAP                            22, 3 and matrices
//	orthogonal matrices    Muon                                   1
//	no schedule            ScheduleFreeSGD, ScheduleFreeAdamW     1, 2
//	averaged weights       ASGD                                   1
//	sparse weights         FTRL                                   2
//	samples                SGLD                                   0
//	large batches          LBSGD, LAMB, LARS, NovoGrad            2, 2, 1, 1
//	asynchronous           DCASGD, DCASGDMXNet                    0 or 1
//	                       DCASGDAdaptive                         1
//
// To add one, write one file: a variable made by rule with its name and its
// formula in the language of package formula. Comments at the head of the text
// are its documentation: the first is what it is in one line; "Paper:" and
// "Elsewhere:" begin what those say. The tests ask for the formula once more,
// in plain Go, and put every rule through the same battery.
package optim
