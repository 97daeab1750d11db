using System.Collections.Immutable;
using Sallyport.Protocol.Control;

namespace Sallyport.Agent.Configuration;

/// <summary>What came of reading the Action's inputs.</summary>
/// <param name="Inputs">Null when there is a mistake: then nothing is started.</param>
/// <param name="Mistakes">All of them, in the order of the inputs' names, then of places.</param>
internal sealed record ActionInputsReading(ActionInputs? Inputs, ImmutableArray<InputMistake> Mistakes)
{
    /// <summary>The refusal that stands for the mistakes.</summary>
    internal ControlErrorReply ToRefusal() => new(
        ControlErrorCode.PolicyInvalid,
        $"The inputs have {Mistakes.Length} {(Mistakes.Length == 1 ? "mistake" : "mistakes")}; nothing was started.",
        Mistakes);
}
