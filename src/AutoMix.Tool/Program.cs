using System.CommandLine;
using AutoMix.Tool.Evaluate;

var root = new RootCommand("automix: from a log of requests to a deployed routing policy.")
{
    EvaluateCommand.Create(),
};

return root.Parse(args).Invoke();
