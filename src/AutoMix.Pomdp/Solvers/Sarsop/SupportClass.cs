namespace AutoMix.Pomdps;

/// <summary>One class of a <see cref="SupportPartition"/> with everything that beliefs inside it need, in the class's own numbering.</summary>
internal sealed class SupportClass
{
    private readonly Pomdp _model;
    private readonly SupportPartition _partition;
    private readonly ClassStep?[] _steps;

    public SupportClass(Pomdp model, SupportPartition partition, int index, double[][] informed)
    {
        _model = model;
        _partition = partition;
        Index = index;
        States = partition.Classes[index];
        ActionWidth = (model.ActionCount + 7) / 8 * 8;
        _steps = new ClassStep?[model.ActionCount];
        Informed = new double[States.Length * ActionWidth];
        for (int s = 0; s < States.Length; s++)
        {
            Informed.AsSpan(s * ActionWidth, ActionWidth).Fill(-1e300);
            for (int a = 0; a < model.ActionCount; a++)
            {
                Informed[(s * ActionWidth) + a] = informed[a][States[s]];
            }
        }

        Alphas = new AlphaSet(States.Length);
        Points = new PointSet(States.Length, model.ActionCount, ActionWidth);
    }

    public int Index { get; }

    public int[] States { get; }

    public int Size => States.Length;

    public int ActionWidth { get; }

    /// <summary>The fast informed bound, action by action for each state.</summary>
    public double[] Informed { get; }

    public AlphaSet Alphas { get; }

    public PointSet Points { get; }

    public ClassStep Step(int action) => _steps[action] ??= new ClassStep(_model, _partition, this, action);
}
