// Every test starts a whole Nacelle of its own and some measure time: one after the other, on machines with two cores.
[assembly: Xunit.v3.Parallelization(Mode = Xunit.Sdk.ParallelMode.None)]
