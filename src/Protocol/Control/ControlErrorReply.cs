using System.Collections.Immutable;
using System.Text.Json.Serialization;

namespace Sallyport.Protocol.Control;

/// <summary>The request was refused, or could not be fulfilled; nothing was started.</summary>
/// <param name="Code">One of <see cref="ControlErrorCode"/>.</param>
/// <param name="Message">A sentence.</param>
/// <param name="Mistakes">Of <c>policy-invalid</c>, all that are in the inputs.</param>
public sealed record ControlErrorReply(string Code, string Message, ImmutableArray<InputMistake> Mistakes) : ControlReply
{
    /// <inheritdoc/>
    [JsonPropertyOrder(-1)]
    public override string Type => "error";

    internal override ControlReply WithAtMost(int entries) =>
        this with { Mistakes = BoundedList.Cut(Mistakes, entries, InputMistake.More) };
}
