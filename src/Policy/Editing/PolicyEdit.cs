using System.Collections.Immutable;
using Sallyport.Policy.Reading;

namespace Sallyport.Policy.Editing;

/// <summary>The outcome of an edit.</summary>
/// <param name="Text">The new text; the old one when nothing changed.</param>
/// <param name="Changed">Whether the text differs.</param>
/// <param name="AllowedBy">The rule that allows it already, when nothing had to be changed.</param>
/// <param name="Mistakes">Why it cannot be edited; the text is then the old one.</param>
public sealed record PolicyEdit(
    string Text, bool Changed, PolicyRule? AllowedBy, ImmutableArray<PolicyMistake> Mistakes);
