using AutoMix.Samples.CustomVerifier;

return await CustomVerifierRun.RunAsync(Console.Out);
