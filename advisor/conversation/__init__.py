"""The only LangGraph code: state, graph, and the advisor that runs it."""
