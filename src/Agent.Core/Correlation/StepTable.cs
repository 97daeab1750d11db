namespace Sallyport.Agent.Core.Correlation;

/// <summary>
/// Which step an execution belongs to. Bounded by <see cref="Capacity"/>, never cleared: one job has few.
/// </summary>
internal sealed class StepTable
{
    public const int Capacity = 16_384;

    private readonly Dictionary<uint, string> steps = [];

    /// <summary>Executions that found no place: their events carry no step.</summary>
    public long Overflow { get; private set; }

    public void Set(uint execution, string step)
    {
        if (steps.Count >= Capacity && !steps.ContainsKey(execution))
        {
            Overflow++;
            return;
        }

        steps[execution] = step;
    }

    public string? Find(uint execution) => steps.GetValueOrDefault(execution);
}
