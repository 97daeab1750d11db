namespace Sallyport.Server.Work;

/// <summary>The work is another's by now, or is to be done again with what is new: nothing of it was entered.</summary>
#pragma warning disable CA1032 // It is thrown in one place, and says always the same.
internal sealed class WorkTakenException() : Exception("another has this work by now");
#pragma warning restore CA1032
