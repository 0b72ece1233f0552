using AutoMix.Tool;

return AutomixCommand.Create().Parse(args).Invoke();
