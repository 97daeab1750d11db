namespace Sallyport.Runner.Working;

/// <summary>How a step has ended.</summary>
/// <param name="Telemetry">What its body says of itself.</param>
/// <param name="Outcome">Before continue-on-error.</param>
/// <param name="Conclusion">After it.</param>
/// <param name="Logged">As the worker writes the result: nothing for a success of its own.</param>
/// <param name="Started">Of the body.</param>
/// <param name="Finished">Of the body.</param>
internal sealed record StepEnding(
    Telemetry Telemetry, string Outcome, string Conclusion, string Logged, DateTimeOffset Started, DateTimeOffset Finished);
