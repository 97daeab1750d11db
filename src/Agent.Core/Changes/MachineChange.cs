using System.Collections.Immutable;

namespace Sallyport.Agent.Core.Changes;

/// <summary>One thing that was changed.</summary>
/// <param name="Change">Id of the finding that it is.</param>
/// <param name="Facts">What exactly, by name. Text in it may be the job's.</param>
internal readonly record struct MachineChange(string Change, ImmutableDictionary<string, string> Facts);
