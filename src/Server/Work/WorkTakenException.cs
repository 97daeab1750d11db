namespace Sallyport.Server.Work;

/// <summary>The work is another's by now, or is to be done again with what is new: nothing of it was entered.</summary>
internal sealed class WorkTakenException() : Exception("another has this work by now");
