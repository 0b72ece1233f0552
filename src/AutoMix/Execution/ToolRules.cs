using Microsoft.Extensions.AI;

namespace AutoMix;

/// <summary>The tools that demand a certain model: those of <see cref="AutoMixOptions.ToolMinimumModels"/>.</summary>
internal sealed class ToolRules(IReadOnlyDictionary<string, int> minimum, ModelProfile[] models)
{
    /// <summary>Whether a model is too weak to call a tool.</summary>
    public bool Forbid(int model, string tool) => minimum.TryGetValue(tool, out int least) && model < least;

    /// <summary>Whether a tool is offered that the model may not call, so that its answer is judged before it is shown.</summary>
    public bool ForbidAny(int model, ChatOptions? options)
    {
        if (minimum.Count > 0)
        {
            foreach (AITool tool in options?.Tools ?? [])
            {
                if (Forbid(model, tool.Name))
                {
                    return true;
                }
            }
        }

        return false;
    }

    /// <summary>The index of the weakest model that may call a tool.</summary>
    public int Least(string tool) => minimum[tool];

    /// <summary>Says which model a tool demands.</summary>
    public string Demand(string tool) => $"the tool '{tool}' demands at least the model '{models[minimum[tool]].Name}'";
}
