namespace Sallyport.Agent.Core.GitHub.Log;

/// <summary><c>Processing step: DisplayName='First run step'</c>, also of a step that is then skipped.</summary>
/// <param name="DisplayName">Evaluated; its first line.</param>
/// <param name="Embedded">True for an inner step of a composite action.</param>
/// <param name="Whole">False when the name went on after a line break: what follows cannot be told from it.</param>
public sealed record StepBegunEntry(string DisplayName, bool Embedded, bool Whole) : WorkerEntry;
